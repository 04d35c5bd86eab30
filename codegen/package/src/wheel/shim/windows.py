"""Starts the extension: the program beside this file, as a child of Python."""

import ctypes
import os
import signal
import subprocess
import sys
from ctypes import wintypes

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "@PROGRAM@")


def main():
    # Ctrl-C and Ctrl-Break reach both processes. The program ends by them; this
    # one stays until it has, to hand on its exit code.
    signal.signal(signal.SIGINT, ignore)
    signal.signal(signal.SIGBREAK, ignore)
    try:
        program = subprocess.Popen([PROGRAM, *sys.argv[1:]])
    except OSError as error:
        # 126 is what a shell ends with for a file that it may not execute.
        print(f"{PROGRAM} cannot be started: {error.strerror}", file=sys.stderr)
        sys.exit(126)
    job = tie(program)
    code = program.wait()
    del job
    sys.exit(code)


def ignore(_signal, _frame):
    pass


class BasicLimits(ctypes.Structure):
    _fields_ = [
        ("per_process_user_time_limit", wintypes.LARGE_INTEGER),
        ("per_job_user_time_limit", wintypes.LARGE_INTEGER),
        ("limit_flags", wintypes.DWORD),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority_class", wintypes.DWORD),
        ("scheduling_class", wintypes.DWORD),
    ]


class ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_ulonglong * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    ]


EXTENDED_LIMIT_INFORMATION = 9
KILL_ON_JOB_CLOSE = 0x2000


def tie(program):
    """Whoever ends this process hard ends the program too: the system closes
    the job, which has the program in it, when its last handle is gone."""
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.CreateJobObjectW.argtypes = [ctypes.c_void_p, wintypes.LPCWSTR]
    kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    kernel32.SetInformationJobObject.argtypes = [
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
    ]
    kernel32.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    limits = ExtendedLimits()
    limits.basic.limit_flags = KILL_ON_JOB_CLOSE
    job = kernel32.CreateJobObjectW(None, None)
    kernel32.SetInformationJobObject(
        job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
    )
    kernel32.AssignProcessToJobObject(job, int(program._handle))
    return job


if __name__ == "__main__":
    main()
