// The floor under every request/reply figure: a server that answers each GIOP
// message with a prepared reply and does nothing else. One thread, epoll,
// non-blocking sockets. giop_load measures it like any other server.
//
//   floor_server --reply BYTES      prints the port it listens at on 127.0.0.1
//
// BYTES is the size of the whole reply message, at least 24.
//
// Build: g++ -O2 -std=c++14 floor_server.cpp -o floor_server

#include "bench_common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <map>
#include <signal.h>
#include <sys/epoll.h>

namespace {

const size_t kHeader = 12;

// A GIOP 1.2 Reply, little endian, NO_EXCEPTION, padded with zeros.
std::string prepared_reply(size_t bytes) {
    std::string reply("GIOP\x01\x02\x01\x01", 8);
    const uint32_t size = uint32_t(bytes - kHeader);
    reply.append(reinterpret_cast<const char *>(&size), 4);
    reply.resize(bytes, '\0');
    return reply;
}

struct Conn {
    std::string in;
};

// Answers every whole message that has come; false when the peer is gone.
bool serve(int fd, Conn &c, const std::string &reply) {
    char buffer[1 << 16];
    const ssize_t k = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (k == 0 || (k < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (k < 0) return true;
    c.in.append(buffer, size_t(k));
    std::string out;
    size_t at = 0;
    while (c.in.size() - at >= kHeader) {
        uint32_t size;
        std::memcpy(&size, &c.in[at + 8], 4);
        if (c.in.size() - at < kHeader + size) break;
        at += kHeader + size;
        out += reply;
    }
    c.in.erase(0, at);
    for (size_t sent = 0; sent < out.size();) {
        const ssize_t n = send(fd, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        sent += size_t(n);
    }
    return true;
}

} // namespace

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    const bench::Options o(argc, argv);
    const std::string reply = prepared_reply(size_t(std::max(24.0, o.number("reply", 24))));
    struct sockaddr_in address;
    std::memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    struct sockaddr *const any = reinterpret_cast<struct sockaddr *>(&address);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, any, length) != 0 || getsockname(listener, any, &length) != 0 || listen(listener, 512) != 0) {
        std::perror("listen");
        return 1;
    }
    std::printf("%d\n", int(ntohs(address.sin_port)));
    std::fflush(stdout);
    const int ep = epoll_create1(0);
    const auto watch = [&](int fd) {
        struct epoll_event ev;
        std::memset(&ev, 0, sizeof ev);
        ev.events = EPOLLIN;
        ev.data.fd = fd;
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
    };
    watch(listener);
    std::map<int, Conn> conns;
    struct epoll_event got[128];
    for (;;) {
        const int n = epoll_wait(ep, got, 128, -1);
        for (int i = 0; i < n; ++i) {
            const int fd = got[i].data.fd;
            if (fd == listener) {
                const int accepted = accept(listener, nullptr, nullptr);
                if (accepted < 0) continue;
                int one = 1;
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                conns[accepted];
                watch(accepted);
            } else if (!serve(fd, conns[fd], reply)) {
                conns.erase(fd);
                close(fd);
            }
        }
    }
}
