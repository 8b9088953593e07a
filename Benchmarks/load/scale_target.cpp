// The C++ side of scale.py: devices with about as many members as those of BenchTarget, and attributes added and removed
// by command. The timed loops are in the server, as a device's own code would run them.
//
// Build: g++ -O2 -std=c++14 scale_target.cpp $(pkg-config --cflags --libs tango) -o cpp_scale_target
// Run:   cpp_scale_target INSTANCE [-nodb -dlist NAME,NAME,...] -ORBendPoint giop:tcp:127.0.0.1:PORT

#include <tango.h>

#include <chrono>
#include <string>

namespace {

class ScaleDevice : public TANGO_BASE_CLASS {
public:
    ScaleDevice(Tango::DeviceClass *owner, std::string &name)
        : TANGO_BASE_CLASS(owner, name.c_str(), "Benchmark target", Tango::ON, "The device is in ON state.") {}
    void init_device() override {}

    double add(long count);
    double remove();

    long added = 0;
    double value = 1.25;
};

class Scalar : public Tango::Attr {
public:
    explicit Scalar(const std::string &name) : Tango::Attr(name.c_str(), Tango::DEV_DOUBLE, Tango::READ) {}
    void read(Tango::DeviceImpl *device, Tango::Attribute &attribute) override {
        attribute.set_value(&static_cast<ScaleDevice *>(device)->value);
    }
};

std::string numbered(const char *prefix, long number, size_t digits) {
    const std::string text = std::to_string(number);
    return prefix + std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
}

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

private:
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

double ScaleDevice::add(long count) {
    Stopwatch watch;
    for (long i = 0; i < count; ++i) add_attribute(new Scalar(numbered("dyn_", added++, 5)));
    return watch.seconds();
}

double ScaleDevice::remove() {
    Stopwatch watch;
    while (added > 0) {
        std::string name = numbered("dyn_", --added, 5);
        remove_attribute(name, true, false);
    }
    return watch.seconds();
}

class Timed : public Tango::Command {
public:
    Timed(const char *name, Tango::CmdArgType in, double (*work)(ScaleDevice &, long))
        : Tango::Command(name, in, Tango::DEVVAR_DOUBLEARRAY), takes(in), work(work) {}

    CORBA::Any *execute(Tango::DeviceImpl *device, const CORBA::Any &argument) override {
        ScaleDevice &target = *static_cast<ScaleDevice *>(device);
        Tango::DevLong count = 0;
        if (takes == Tango::DEV_LONG) extract(argument, count);
        auto *answer = new Tango::DevVarDoubleArray();
        answer->length(2);
        (*answer)[0] = work(target, count);
        (*answer)[1] = double(target.added);
        return insert(answer);
    }

private:
    Tango::CmdArgType takes;
    double (*work)(ScaleDevice &, long);
};

class Nothing : public Tango::Command {
public:
    explicit Nothing(const std::string &name) : Tango::Command(name.c_str(), Tango::DEV_VOID, Tango::DEV_VOID) {}
    CORBA::Any *execute(Tango::DeviceImpl *, const CORBA::Any &) override { return insert(); }
};

class ScaleClass : public Tango::DeviceClass {
public:
    explicit ScaleClass(std::string name) : Tango::DeviceClass(name) {}

    void command_factory() override {
        command_list.push_back(new Timed("AddDynamicAttributes", Tango::DEV_LONG, [](ScaleDevice &d, long n) { return d.add(n); }));
        command_list.push_back(new Timed("RemoveDynamicAttributes", Tango::DEV_VOID, [](ScaleDevice &d, long) { return d.remove(); }));
        for (long i = 0; i < 8; ++i) command_list.push_back(new Nothing(numbered("Cmd", i, 2)));
    }

    void attribute_factory(std::vector<Tango::Attr *> &list) override {
        list.push_back(new Scalar("ScalarRO"));
        for (long i = 0; i < 28; ++i) list.push_back(new Scalar(numbered("S", i, 2)));
    }

    void device_factory(const Tango::DevVarStringArray *names) override {
        for (CORBA::ULong i = 0; i < names->length(); ++i) {
            std::string name = (*names)[i].in();
            auto *device = new ScaleDevice(this, name);
            device_list.push_back(device);
            if (Tango::Util::_UseDb)
                export_device(device);
            else
                export_device(device, name.c_str());
        }
    }
};

} // namespace

void Tango::DServer::class_factory() { add_class(new ScaleClass("BenchTarget")); }

int main(int argc, char **argv) {
    try {
        Tango::Util *util = Tango::Util::init(argc, argv);
        util->server_init(false);
        std::cout << "Ready to accept request" << std::endl;
        util->server_run();
    } catch (const Tango::DevFailed &failure) {
        Tango::Except::print_exception(failure);
        return 1;
    } catch (const CORBA::Exception &exception) {
        Tango::Except::print_exception(exception);
        return 1;
    }
    return 0;
}
