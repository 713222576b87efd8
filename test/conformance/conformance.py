"""Runs jupyter_kernel_test on one kernel and prints what became of each of its parts, as JSON.

    python conformance.py KERNEL LANGUAGE SAMPLES.json

Every part is asked for: one that the samples have no code for counts as skipped.
"""

import json
import sys
from functools import partial

from jupyter_kernel_test import TIMEOUT, IopubWelcomeTests, KernelTests
from outcomes import run


class Parts(KernelTests):
    def get_non_kernel_info_reply(self, timeout=None):
        # A kernel that never answers fails the part instead of stopping the run.
        return super().get_non_kernel_info_reply(timeout=timeout or TIMEOUT)


class Welcome(IopubWelcomeTests):
    support_iopub_welcome = True

    def setUp(self):
        self.kc.get_iopub_msg = partial(self.kc.get_iopub_msg, timeout=TIMEOUT)


def main():
    kernel, language, samples = sys.argv[1:]
    with open(samples, encoding="utf-8") as file:
        chosen = json.load(file)
    for cases in (Parts, Welcome):
        cases.kernel_name = kernel
    Parts.language_name = language
    Parts.file_extension = ".ts"
    for name, value in chosen.items():
        if not hasattr(KernelTests, name):
            sys.exit(f"jupyter_kernel_test knows no {name}")
        setattr(Parts, name, value)
    run(Parts, Welcome)


main()
