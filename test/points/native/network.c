/* Sockets, names and addresses. */
#include "way.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

WAY(accept, "with a connection") { int fd = connecting(); CALL(accept(fd, NULL, NULL) >= 0); }
WAY(accept, "without one") { struct sockaddr_un a; int fd = listening(&a); CALL(accept(fd, NULL, NULL) >= 0); }
WAY(accept4, "with a connection") { int fd = connecting(); CALL(accept4(fd, NULL, NULL, SOCK_CLOEXEC) >= 0); }
WAY(connect, "a stream") {
    struct sockaddr_un a;
    listening(&a);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CALL(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
}
static int with_data(void)
{
    int s[2];
    sockets(s);
    NEED(write(s[1], "x", 1) == 1);
    return s[0];
}
WAY(recv, "with data") { int fd = with_data(); CALL(recv(fd, byte, 1, 0) == 1); }
WAY(recv, "without data") { int s[2]; sockets(s); CALL(recv(s[0], byte, 1, 0) == 1); }
WAY(recv, "MSG_PEEK | MSG_DONTWAIT") { int fd = with_data(); CALL(recv(fd, byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1); }
WAY(recvfrom, "with data") { int fd = with_data(); CALL(recvfrom(fd, byte, 1, 0, NULL, NULL) == 1); }
static struct msghdr *message(void)
{
    static struct iovec v = { byte, 1 };
    static struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
    return &m;
}
WAY(recvmsg, "with data") { int fd = with_data(); struct msghdr *m = message(); CALL(recvmsg(fd, m, 0) == 1); }
WAY(recvmmsg, "with data") {
    int fd = with_data();
    struct mmsghdr m = { .msg_hdr = *message() };
    CALL(recvmmsg(fd, &m, 1, 0, NULL) == 1);
}
WAY(send, "with room") { int s[2]; sockets(s); CALL(send(s[0], "x", 1, 0) == 1); }
WAY(sendto, "with room") { int s[2]; sockets(s); CALL(sendto(s[0], "x", 1, 0, NULL, 0) == 1); }
WAY(sendmsg, "with room") { int s[2]; sockets(s); struct msghdr *m = message(); CALL(sendmsg(s[0], m, 0) == 1); }
WAY(sendmmsg, "with room") {
    int s[2];
    sockets(s);
    struct mmsghdr m = { .msg_hdr = *message() };
    CALL(sendmmsg(s[0], &m, 1, 0) == 1);
}
WAY(sendmmsg, "nothing to send") { int s[2]; sockets(s); CALL(sendmmsg(s[0], NULL, 0, 0) == 0); }
WAY(socket, "") { CALL(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0); }
WAY(socketpair, "") { int s[2]; CALL(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0); }
WAY(bind, "") {
    struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CALL(bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
}
WAY(listen, "") { struct sockaddr_un a; int fd = listening(&a); CALL(listen(fd, 5) == 0); }
WAY(shutdown, "") { int s[2]; sockets(s); CALL(shutdown(s[0], SHUT_WR) == 0); }
WAY(getsockopt, "SO_TYPE") { int s[2], v; socklen_t n = sizeof v; sockets(s); CALL(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &n) == 0); }
WAY(setsockopt, "SO_PASSCRED") { int s[2], v = 1; sockets(s); CALL(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &v, sizeof v) == 0); }
WAY(getsockname, "") { struct sockaddr_un a; socklen_t n = sizeof a; int s[2]; sockets(s); CALL(getsockname(s[0], (struct sockaddr *)&a, &n) == 0); }
WAY(getpeername, "") { struct sockaddr_un a; socklen_t n = sizeof a; int s[2]; sockets(s); CALL(getpeername(s[0], (struct sockaddr *)&a, &n) == 0); }
WAY(sockatmark, "") { int fd = socket(AF_INET, SOCK_STREAM, 0); CALL(sockatmark(fd) == 0); }
WAY(inet_pton, "") { CALL(inet_pton(AF_INET, "127.0.0.1", byte) == 1); }
WAY(inet_ntop, "") { struct in_addr a = { 0 }; CALL(inet_ntop(AF_INET, &a, byte, sizeof byte) != NULL); }
WAY(if_nametoindex, "lo") { CALL(if_nametoindex("lo") > 0); }
WAY(if_indextoname, "1") { CALL(if_indextoname(1, byte) != NULL); }
WAY(if_nameindex, "") { CALL(if_nameindex() != NULL); }
