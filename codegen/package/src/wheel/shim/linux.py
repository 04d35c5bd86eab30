"""Starts the extension: the program beside this file, in place of Python."""

import errno
import os
import sys

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "@PROGRAM@")

# What a file without its executable bit, and one on a file system that is
# mounted with `noexec`, are refused with.
REFUSED = (errno.EACCES, errno.EPERM)


def main():
    arguments = [PROGRAM, *sys.argv[1:]]
    try:
        # Not everything that unpacks a wheel keeps its executable bits.
        if not os.access(PROGRAM, os.X_OK):
            os.chmod(PROGRAM, 0o755)
    except OSError:
        # The file belongs to somebody else, or must not be written.
        pass
    try:
        # The process stays the same: its number, its signals, its exit code.
        os.execv(PROGRAM, arguments)
    except OSError as error:
        if error.errno not in REFUSED:
            give_up(error)
        refusal = error
    # A Python that was built for systems older than this call has it not.
    if not hasattr(os, "memfd_create"):
        give_up(refusal)
    try:
        os.execve(in_memory(), arguments, os.environ)
    except OSError as error:
        give_up(error)


def in_memory():
    """A copy of the program that no file system has a say in."""
    memory = os.memfd_create("@PROGRAM@")
    with open(PROGRAM, "rb") as program, open(memory, "wb", closefd=False) as copy:
        while part := program.read(1 << 20):
            copy.write(part)
    return memory


def give_up(error):
    # 126 is what a shell ends with for a file that it may not execute.
    print(f"{PROGRAM} cannot be started: {error.strerror}", file=sys.stderr)
    sys.exit(126)


if __name__ == "__main__":
    main()
