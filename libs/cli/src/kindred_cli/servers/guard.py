"""Runs a program that cannot outlive its parent: `guard.py PARENT SIGNAL USER PROGRAM ARGUMENT...`.

Started as a script (standard library only, no site packages) between the parent and the program, which
then takes over this process. USER is `same`, or `nobody` where the program refuses to run as root.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS = 1, 8, 28
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
NOBODY = 65534


class CapabilityHeader(ctypes.Structure):
    """`struct __user_cap_header_struct`."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilitySet(ctypes.Structure):
    """`struct __user_cap_data_struct`."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def become_nobody(libc: ctypes.CDLL) -> None:
    """Gives up root, but keeps the right to pass closed folders: clones often lie in a folder only root may enter."""
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    # Without this bit access(2), which initdb asks, would not count the capability.
    libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if not _keep_only(libc, 1 << CAP_DAC_OVERRIDE) and not _keep_only(libc, 0):
        sys.exit("cannot give up the rights of root")
    # Where a container withholds the capability the program still runs, given open folders.
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def _keep_only(libc: ctypes.CDLL, capabilities: int) -> bool:
    wanted = (CapabilitySet * 2)()
    wanted[0] = CapabilitySet(capabilities, capabilities, capabilities)
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    return bool(libc.capset(ctypes.byref(header), ctypes.byref(wanted)) == 0)


def main(parent: int, death_signal: int, user: str, program: list[str]) -> None:
    """Takes the precautions, then becomes the program."""
    libc = ctypes.CDLL(None, use_errno=True)
    if user == "nobody" and os.geteuid() == 0:
        become_nobody(libc)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent ended before the program started")
    os.execv(program[0], program)  # noqa: S606 - replacing this process by the program is its purpose


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
