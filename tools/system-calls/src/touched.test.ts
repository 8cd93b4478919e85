import { describe, expect, it } from "vitest";
import { touchedIn } from "./touched.js";

describe("touchedIn", () => {
  it("lists host names, whether sent alone or several at once", () => {
    const trace = String.raw`
597  sendto(30<socket:[1]>, "\371\273\1\0\0\1\0\0\0\0\0\0\6mobile\6events\4data\7example\3com\0\0\34\0\1", 48, MSG_NOSIGNAL, NULL, 0) = 48
598  sendmmsg(3, [{msg_hdr={msg_iov=[{iov_base="\0\1\1\0\0\1\0\0\0\0\0\0\1a\3org\0\0\1\0\1", iov_len=23}]}, msg_len=23}, {msg_hdr={msg_iov=[{iov_base="\0\2\1\0\0\1\0\0\0\0\0\0\1b\3org\0\0\34\0\1", iov_len=23}]}, msg_len=23}], 2, MSG_NOSIGNAL) = 2
598  sendto(4, "GET / HTTP/1.1\r\n\"quoted\"\r\n", 27, 0, NULL, 0) = 27`;
    expect(touchedIn(trace, "/")).toEqual({
      names: ["a.org", "b.org", "mobile.events.data.example.com"],
      addresses: [],
      written: [],
    });
  });

  it("lists addresses of both families, and local sockets", () => {
    const trace = `
5  connect(29<socket:[7]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
5  connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}, 16 <unfinished ...>
6  connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
6  sendto(4, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("192.0.2.9")}, 16) = 1
6  sendto(19, [{nlmsg_len=20, nlmsg_type=RTM_GETLINK}], 20, 0, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 20`;
    expect(touchedIn(trace, "/").addresses).toEqual([
      "192.0.2.53:53",
      "192.0.2.9:9",
      "[2001:db8::1]:443",
      "unix:/var/run/nscd/socket",
    ]);
  });

  it("lists what is written, created, moved and removed, and not what is read", () => {
    const trace = String.raw`
7  openat(AT_FDCWD</here/folder>, "read", O_RDONLY|O_CLOEXEC) = 3</here/folder/read>
7  openat(AT_FDCWD</here/folder>, "O_RDWR", O_RDONLY) = -1 ENOENT (No such file or directory)
7  openat(AT_FDCWD</here/folder>, "both", O_RDWR|O_CLOEXEC) = -1 EACCES (Permission denied)
7  openat(27</there/cache>, "device id\n", O_WRONLY|O_CREAT|O_EXCL, 0600) = 28
8  creat("/tmp/made", 0666 <unfinished ...>
8  mkdir("relative", 0777)              = 0
8  unlinkat(27</there/cache>, "gone", 0) = 0
8  renameat2(AT_FDCWD</here/folder>, "from", AT_FDCWD</here/folder>, "/elsewhere/to", RENAME_NOREPLACE) = 0
8  symlink("/target", "/tmp/link")      = 0
8  <... creat resumed>)                 = 3`;
    expect(touchedIn(trace, "/here/folder").written).toEqual([
      "/elsewhere/to",
      "/here/folder/both",
      "/here/folder/from",
      "/here/folder/relative",
      "/there/cache/device id\n",
      "/there/cache/gone",
      "/tmp/link",
      "/tmp/made",
    ]);
  });
});
