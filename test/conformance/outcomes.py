"""What became of each test of a unittest run, as JSON for the tests in TypeScript."""

import json
import time
import unittest
from queue import Empty

from jsonschema import ValidationError


class Outcomes(unittest.TestResult):
    """The outcome of each test. One with several parts passes when all of them do."""

    def __init__(self):
        super().__init__()
        self.parts = {}

    def note(self, test, status, reason=""):
        name = getattr(test, "test_case", test).id().rpartition(".")[2]
        worse = ["passed", "skipped", "failed"].index
        part = self.parts.setdefault(name, {"status": status, "reason": reason})
        if worse(status) > worse(part["status"]):
            self.parts[name] = {"status": status, "reason": reason}

    def addSuccess(self, test):
        self.note(test, "passed")

    def addSkip(self, test, reason):
        self.note(test, "skipped", reason)

    def addFailure(self, test, err):
        self.note(test, "failed", say(err[1]))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(subtest, "failed", say(err[1]))


def say(error):
    """What an error says, in one line of bearable length."""
    if isinstance(error, Empty):
        return "no answer came in time"
    text = error.message if isinstance(error, ValidationError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())[:300]}"


def run(*cases):
    """Runs test cases and prints how long that took and what became of each test."""
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    outcomes = Outcomes()
    start = time.monotonic()
    unittest.TestSuite([load(case) for case in cases]).run(outcomes)
    print(json.dumps({"seconds": round(time.monotonic() - start, 1), "parts": outcomes.parts}))
