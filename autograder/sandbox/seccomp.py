"""A small system call filter for bubblewrap: what namespaces do not cover, and no course code needs.

- Sockets of families that no network namespace contains: AF_VSOCK reaches the hypervisor of a virtual machine.
- Memory that belongs to no process, and so escapes a count of the processes' memory: memfd_create, System V shared memory.
- Large parts of the kernel that only attacks use: bpf, io_uring, userfaultfd, performance events, keyrings, mounts.

It refuses calls, it does not kill. On processors that are not in the table there is no filter; the other walls stand.
"""

from __future__ import annotations

import errno
import platform
import struct

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the lower half of the argument
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink (which lists interfaces)
_X32 = 0x40000000

# Calls that are refused, with their numbers on x86_64 and aarch64.
# fmt: off
_REFUSED = {
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "msgget": (68, 186), "semget": (64, 190), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "setns": (308, 268), "unshare": (272, 97), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "open_by_handle_at": (304, 265), "quotactl": (179, 60), "acct": (163, 89), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "lookup_dcookie": (212, 18),
}
# fmt: on
_MACHINES = {"x86_64": (0, 0xC000003E, 41), "aarch64": (1, 0xC00000B7, 198)}  # column, AUDIT_ARCH, socket


def program(machine: str = platform.machine()) -> bytes | None:
    """The filter for ``bwrap --seccomp``, or ``None`` where the processor is not known."""
    if machine not in _MACHINES:
        return None
    column, architecture, socket = _MACHINES[machine]
    refuse, no_family = _ERRNO | errno.ENOSYS, _ERRNO | errno.EAFNOSUPPORT
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, refuse),  # the 32-bit interface has other numbers
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, refuse),
    ]
    for numbers in _REFUSED.values():
        code += [(_JUMP_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refuse)]
    code += [(_JUMP_EQUAL, 1, 0, socket), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    for family in _FAMILIES:
        code += [(_JUMP_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
    code.append((_RETURN, 0, 0, no_family))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
