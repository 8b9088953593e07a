// A bare GIOP client: one thread, any number of connections, requests
// encoded once and sent again and again, replies only framed and counted.
// It shows what a *server* can do when the client costs next to nothing, and
// what a server pays for each connection.
//
//   giop_load --ior IOR:... | --corbaloc HOST:PORT/KEY
//             [--op ping,command,read] [--attr double_scalar] [--connections N]
//             [--depth D] [--seconds S] [--server-pid P] [--giop 1.0|1.2]
//   KEY is the object key; of a device server without database it is the
//   device name in lower case.
//   giop_load ... --hold     opens the connections, sends one ping on each,
//                            prints HOLD and keeps them until stdin closes
//
// Build: g++ -O2 -std=c++14 giop_load.cpp -o giop_load

#include "bench_common.h"

#include <arpa/inet.h>
#include <deque>
#include <errno.h>
#include <memory>
#include <netdb.h>
#include <signal.h>
#include <sys/epoll.h>

using bench::Histogram;
using bench::Options;
using bench::Record;

namespace {

struct Target {
    std::string host;
    uint16_t port = 0;
    std::string key;
};

// Minimal little-endian CDR writer, aligned from the start of the message.
struct Cdr {
    std::string b;
    void align(size_t n) {
        while (b.size() % n) b += '\0';
    }
    void octet(uint8_t v) { b += char(v); }
    void u16(uint16_t v) {
        align(2);
        b.append(reinterpret_cast<const char *>(&v), 2);
    }
    void u32(uint32_t v) {
        align(4);
        b.append(reinterpret_cast<const char *>(&v), 4);
    }
    void string(const std::string &s) {
        u32(uint32_t(s.size() + 1));
        b += s;
        b += '\0';
    }
    void octets(const std::string &s) {
        u32(uint32_t(s.size()));
        b += s;
    }
};

struct CdrIn {
    const std::string &b;
    size_t at;
    bool little;
    explicit CdrIn(const std::string &s) : b(s), at(1), little(!s.empty() && s[0] == 1) {}
    void align(size_t n) { at = (at + n - 1) / n * n; }
    uint32_t u32() {
        align(4);
        if (at + 4 > b.size()) return 0;
        uint32_t v;
        std::memcpy(&v, b.data() + at, 4);
        at += 4;
        return little ? v : __builtin_bswap32(v);
    }
    uint16_t u16() {
        align(2);
        if (at + 2 > b.size()) return 0;
        uint16_t v;
        std::memcpy(&v, b.data() + at, 2);
        at += 2;
        return little ? v : __builtin_bswap16(v);
    }
    std::string octets() {
        const uint32_t n = u32();
        if (at + n > b.size()) return "";
        std::string s = b.substr(at, n);
        at += n;
        return s;
    }
};

bool parse_ior(const std::string &text, Target &t) {
    if (text.compare(0, 4, "IOR:") != 0) return false;
    std::string raw;
    for (size_t i = 4; i + 1 < text.size(); i += 2) {
        const std::string pair = text.substr(i, 2);
        if (!isxdigit(pair[0]) || !isxdigit(pair[1])) break;
        raw += char(std::strtol(pair.c_str(), nullptr, 16));
    }
    CdrIn in(raw);
    in.octets(); // type id
    const uint32_t profiles = in.u32();
    for (uint32_t i = 0; i < profiles && i < 16; ++i) {
        const uint32_t tag = in.u32();
        const std::string body = in.octets();
        if (tag != 0) continue;
        CdrIn p(body);
        p.at = 3; // byte order, major, minor
        std::string host = p.octets();
        while (!host.empty() && host.back() == '\0') host.pop_back();
        t.host = host;
        t.port = p.u16();
        t.key = p.octets();
        return t.port != 0;
    }
    return false;
}

bool parse_corbaloc(const std::string &text, Target &t) {
    const size_t colon = text.find(':'), slash = text.find('/');
    if (colon == std::string::npos || slash == std::string::npos || slash < colon) return false;
    t.host = text.substr(0, colon);
    t.port = uint16_t(std::atoi(text.substr(colon + 1, slash - colon - 1).c_str()));
    t.key = text.substr(slash + 1);
    return t.port != 0;
}

// The request id follows the GIOP header, in 1.0 after the (empty) service contexts.
size_t id_offset(bool old) { return old ? 16 : 12; }

std::string request(const Target &t, const std::string &op, const std::string &attr, bool old) {
    const std::string operation = op == "ping" ? "ping" : op == "command" ? "command_inout_4" : "read_attributes_5";
    Cdr c;
    c.b.append(old ? "GIOP\x01\x00\x01\x00" : "GIOP\x01\x02\x01\x00", 8); // little endian, Request
    c.u32(0);                                                             // size, set below
    if (old) {
        c.u32(0);   // no service contexts
        c.u32(0);   // request id
        c.octet(1); // a reply is wanted
        c.octets(t.key);
        c.string(operation);
        c.u32(0); // no principal
    } else {
        c.u32(0);   // request id
        c.octet(3); // a reply is wanted
        c.octet(0);
        c.octet(0);
        c.octet(0);
        c.u16(0); // addressing by object key
        c.octets(t.key);
        c.string(operation);
        c.u32(0); // no service contexts
    }
    if (op == "command") {
        if (!old) c.align(8);
        c.string("DevVoid");
        c.u32(0); // an empty Any
        c.u32(0); // source: the device
        c.u32(0); // client identification: C++ ...
        c.u32(uint32_t(getpid()));
    } else if (op == "read") {
        if (!old) c.align(8);
        c.u32(1);
        c.string(attr);
        c.u32(0);
        c.u32(0);
        c.u32(uint32_t(getpid()));
    }
    const uint32_t size = uint32_t(c.b.size() - 12);
    std::memcpy(&c.b[8], &size, 4);
    return c.b;
}

struct Conn {
    int fd = -1;
    std::string in;
    size_t skip = 0;      // bytes of the current message still to come
    bool last_part = true; // the message being skipped ends its reply
    std::deque<uint64_t> sent;
    size_t out_pending = 0;
};

struct Tally {
    uint64_t replies = 0, exceptions = 0, bytes = 0;
};

int dial(const Target &t) {
    struct addrinfo hints, *res = nullptr;
    std::memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(t.host.c_str(), std::to_string(t.port).c_str(), &hints, &res) != 0) return -1;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int rc = connect(fd, res->ai_addr, res->ai_addrlen);
    freeaddrinfo(res);
    if (rc != 0) {
        close(fd);
        return -1;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

bool send_one(Conn &c, const std::string &msg) {
    c.sent.push_back(bench::now_ns());
    size_t done = 0;
    while (done < msg.size()) {
        const ssize_t k = send(c.fd, msg.data() + done, msg.size() - done, MSG_NOSIGNAL);
        if (k < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            return false;
        }
        done += size_t(k);
    }
    return true;
}

// Consumes what one read brought; calls done() for every whole reply.
template <class F>
void feed(Conn &c, const char *p, size_t n, Tally &tally, F done) {
    tally.bytes += n;
    while (n > 0) {
        if (c.skip > 0) {
            const size_t k = std::min(c.skip, n);
            c.skip -= k;
            p += k;
            n -= k;
            if (c.skip == 0 && c.last_part) done();
            continue;
        }
        // A header is 12 bytes; a Reply shows its status after the request id
        // (in 1.0 after the service contexts, which the servers leave empty).
        const size_t want = 12;
        const size_t k = std::min(want - c.in.size(), n);
        c.in.append(p, k);
        p += k;
        n -= k;
        if (c.in.size() < want) continue;
        const uint8_t minor = uint8_t(c.in[5]), flags = uint8_t(c.in[6]), type = uint8_t(c.in[7]);
        uint32_t size;
        std::memcpy(&size, &c.in[8], 4);
        if (!(flags & 1)) size = __builtin_bswap32(size);
        c.in.clear();
        c.last_part = !(flags & 2) && (type == 1 || type == 7);
        const size_t at = minor < 2 ? 8 : 4;
        if (type == 1 && n >= at + 4) {
            uint32_t status;
            std::memcpy(&status, p + at, 4);
            if (status != 0) ++tally.exceptions;
        }
        c.skip = size;
        if (size == 0 && c.last_part) done();
    }
}

} // namespace

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    Options o(argc, argv);
    Target t;
    if (!parse_ior(o.get("ior"), t) && !parse_corbaloc(o.get("corbaloc"), t)) {
        std::fprintf(stderr, "usage: giop_load --ior IOR:... | --corbaloc HOST:PORT/KEY [options]\n");
        return 2;
    }
    const int n_conn = std::max(1, int(o.number("connections", 1)));
    const int depth = std::max(1, int(o.number("depth", 1)));
    const double seconds = o.number("seconds", 0.5);
    const bool old = o.get("giop", "1.2") == "1.0";
    const long server_pid = long(o.number("server-pid", 0));
    std::vector<std::unique_ptr<Conn>> conns;
    const int ep = epoll_create1(0);
    const uint64_t open_start = bench::now_ns();
    int refused = 0;
    std::string ping = request(t, "ping", "", old);
    std::vector<char> buf(1 << 18);
    for (int i = 0; i < n_conn; ++i) {
        std::unique_ptr<Conn> c(new Conn);
        c->fd = dial(t);
        if (c->fd < 0) {
            ++refused;
            continue;
        }
        struct timeval limit = {5, 0};
        setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        Tally tally;
        bool done = false;
        send_one(*c, ping);
        while (!done) {
            const ssize_t k = recv(c->fd, buf.data(), buf.size(), 0);
            if (k <= 0) break;
            feed(*c, buf.data(), size_t(k), tally, [&] { done = true; });
        }
        c->sent.clear();
        if (!done) {
            ++refused;
            close(c->fd);
            continue;
        }
        struct epoll_event ev;
        std::memset(&ev, 0, sizeof ev);
        ev.events = EPOLLIN;
        ev.data.ptr = c.get();
        epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
        conns.push_back(std::move(c));
    }
    const double open_ms = double(bench::now_ns() - open_start) / 1e6;
    if (o.has("hold")) {
        std::printf("HOLD {\"connections\": %zu, \"refused\": %d, \"open_ms\": %.1f}\n", conns.size(), refused, open_ms);
        std::fflush(stdout);
        char c;
        while (read(0, &c, 1) > 0) {
            if (c == 'q') break;
        }
        return 0;
    }
    std::unique_ptr<Histogram> hist(new Histogram);
    for (const auto &op : bench::split(o.get("op", "ping"))) {
        const std::string msg = request(t, op, o.get("attr", "double_scalar"), old);
        hist->clear();
        Tally tally;
        bool closing = false, broken = false;
        std::string one = msg;
        uint32_t id = 100;
        auto fire = [&](Conn &c) {
            ++id;
            std::memcpy(&one[id_offset(old)], &id, 4);
            if (!send_one(c, one)) broken = true;
        };
        const double cpu_server = bench::cpu_us_of(server_pid), cpu_own = bench::own_cpu_us();
        const uint64_t start = bench::now_ns(), stop = start + uint64_t(seconds * 1e9);
        uint64_t in_flight = 0;
        for (auto &c : conns)
            for (int d = 0; d < depth; ++d) {
                fire(*c);
                ++in_flight;
            }
        struct epoll_event got[256];
        uint64_t now = start, timed = 0, end = start;
        while (in_flight > 0 && !broken) {
            const int n = epoll_wait(ep, got, 256, 5000);
            if (n <= 0) break;
            now = bench::now_ns();
            closing = now >= stop;
            for (int i = 0; i < n; ++i) {
                Conn &c = *static_cast<Conn *>(got[i].data.ptr);
                const ssize_t k = recv(c.fd, buf.data(), buf.size(), MSG_DONTWAIT);
                if (k == 0) {
                    broken = true;
                    break;
                }
                if (k < 0) continue;
                feed(c, buf.data(), size_t(k), tally, [&] {
                    ++tally.replies;
                    --in_flight;
                    const uint64_t at = bench::now_ns();
                    if (!c.sent.empty()) {
                        hist->add(at - c.sent.front());
                        c.sent.pop_front();
                    }
                    if (!closing) {
                        ++timed;
                        end = at;
                        fire(c);
                        ++in_flight;
                    }
                });
            }
        }
        const double elapsed = double(end - start) / 1e9;
        Record r;
        if (!o.get("label").empty()) r.str("label", o.get("label"));
        r.str("client", "bare-giop").str("measure", "giop").str("op", op).num("clients", double(conns.size()));
        if (op == "read") r.str("attr", o.get("attr", "double_scalar"));
        r.num("depth", depth).num("refused", refused).num("open_ms", open_ms).num("n", double(tally.replies));
        r.num("errors", double(tally.exceptions)).num("broken", broken || in_flight > 0 ? 1 : 0);
        r.num("ops_per_s", elapsed > 0 ? double(timed) / elapsed : 0);
        r.num("p50_us", hist->quantile(0.5) / 1e3).num("p99_us", hist->quantile(0.99) / 1e3);
        r.num("min_us", tally.replies ? double(hist->lowest.load()) / 1e3 : 0).num("max_us", double(hist->highest.load()) / 1e3);
        if (tally.replies) {
            r.num("client_cpu_us_per_op", (bench::own_cpu_us() - cpu_own) / double(tally.replies));
            if (server_pid > 0)
                r.num("server_cpu_us_per_op", (bench::cpu_us_of(server_pid) - cpu_server) / double(tally.replies));
            r.num("wire_out", double(msg.size())).num("wire_in", double(tally.bytes) / double(tally.replies));
        }
        r.print();
        if (broken) return 1;
    }
    return 0;
}
