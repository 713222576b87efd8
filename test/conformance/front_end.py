"""What jupyter_kernel_test does not ask: how the kernel fares with jupyter_client, as notebooks' servers use it.

    python front_end.py KERNEL

Prints what became of each test, as JSON.
"""

import sys
import time
import unittest
from queue import Empty

from jupyter_client.manager import start_new_kernel
from outcomes import run

PATIENCE = 30


class FrontEnd(unittest.TestCase):
    kernel = "patchlab"

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=cls.kernel, startup_timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=True)

    def published(self, request, until="idle"):
        """All that is published for a request, up to that state of the kernel."""
        messages = []
        while True:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request:
                continue
            messages.append(message)
            if message["content"].get("execution_state") == until:
                return messages

    def reply_to(self, request):
        while True:
            reply = self.kc.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"]["msg_id"] == request:
                return reply["content"]

    def execute(self, code, **options):
        """The reply to a cell, and all that it published."""
        request = self.kc.execute(code, **options)
        messages = self.published(request)
        return self.reply_to(request), messages

    def value(self, code):
        reply, messages = self.execute(code)
        self.assertEqual(reply["status"], "ok", reply.get("evalue"))
        [result] = [m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"]
        return result["text/plain"]

    def printed(self, messages, name="stdout"):
        streams = [m["content"] for m in messages if m["msg_type"] == "stream"]
        return "".join(s["text"] for s in streams if s["name"] == name)

    def interrupt(self, code, mode):
        """Interrupts a cell once it runs, in a mode of the kernelspec."""
        mode_before = self.km.kernel_spec.interrupt_mode
        self.km.kernel_spec.interrupt_mode = mode
        try:
            request = self.kc.execute(code)
            self.published(request, until="busy")
            time.sleep(0.5)
            self.km.interrupt_kernel()
            self.published(request)
            return self.reply_to(request)
        finally:
            self.km.kernel_spec.interrupt_mode = mode_before

    def test_interrupt(self):
        self.execute("let kept = 0;")
        endless = ["for (;;) kept++;", "await new Promise(() => {});", "for (;;) await null;"]
        for mode in ("signal", "message"):
            for code in endless:
                with self.subTest(mode=mode, code=code):
                    self.assertEqual(self.interrupt(code, mode)["status"], "error")
                    self.assertEqual(self.value("kept > 0"), "true")

    def test_heartbeat(self):
        request = self.kc.execute("for (;;) {}")
        self.published(request, until="busy")
        self.kc.hb_channel.unpause()
        time.sleep(3)
        beats = self.kc.is_alive() and self.kc.hb_channel.is_beating()
        self.km.interrupt_kernel()
        self.published(request)
        self.assertTrue(beats)

    def test_lines(self):
        count = 100_000
        reply, messages = self.execute(f"for (let i = 0; i < {count}; i++) console.log('line ' + i);")
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(self.printed(messages), "".join(f"line {i}\n" for i in range(count)))

    def test_input(self):
        request = self.kc.execute("const who = prompt('Who?'); 'hello ' + who", allow_stdin=True)
        question = self.kc.get_stdin_msg(timeout=PATIENCE)
        self.assertEqual(question["content"], {"prompt": "Who?", "password": False})
        self.kc.input("Ada")
        results = [m for m in self.published(request) if m["msg_type"] == "execute_result"]
        self.assertIn("hello Ada", results[0]["content"]["data"]["text/plain"])
        reply, _ = self.execute("prompt('Who?')", allow_stdin=False)
        self.assertEqual(reply["status"], "error")

    def test_queue(self):
        fails = "await new Promise((done) => setTimeout(done, 300)); throw new Error('first');"
        requests = [self.kc.execute(code) for code in (fails, "'second'", "'third'")]
        statuses = [self.reply_to(request)["status"] for request in requests]
        self.assertEqual(statuses, ["error", "aborted", "aborted"])
        self.assertEqual(self.value("6 * 7"), "42")

    def test_late_error(self):
        request = self.kc.execute("setTimeout(() => { throw new Error('too late'); }, 200);")
        self.published(request)
        deadline = time.monotonic() + PATIENCE
        text = ""
        while "too late" not in text and time.monotonic() < deadline:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            self.assertEqual(message["parent_header"]["msg_id"], request)
            text += str(message["content"])
        self.assertEqual(self.value("6 * 7"), "42")

    def test_exit(self):
        self.execute("const remains = 1;")
        reply, _ = self.execute("process.exit(3);")
        self.assertEqual(reply["status"], "error")
        self.assertIn("process.exit(3)", reply["evalue"])
        self.assertEqual(self.value("remains"), "1")

    def test_memory(self):
        self.execute("const lost = 1;")
        reply, _ = self.execute("const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));")
        self.assertEqual(reply["status"], "error")
        self.assertIn("memory", reply["evalue"])
        self.assertTrue(self.km.is_alive())
        self.assertEqual(self.execute("lost")[0]["status"], "error")
        self.assertEqual(self.value("6 * 7"), "42")

    def test_memory_of_worker(self):
        self.execute("const stays = 1; import { Worker } from 'node:worker_threads';")
        code = """
          const hungry = "const all = []; for (;;) all.push(new Array(1e5).fill(0.5));";
          const worker = new Worker(hungry, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
          await new Promise((_, reject) => worker.on("error", reject));"""
        reply, _ = self.execute(code)
        self.assertEqual(reply["status"], "error")
        self.assertIn("memory", reply["evalue"])
        self.assertEqual(self.value("stays"), "1")

    def test_forgery(self):
        key = self.kc.session.key
        self.kc.session.key = b"another key"
        try:
            self.kc.execute("globalThis.forged = true;")
            with self.assertRaises(Empty):
                self.kc.get_shell_msg(timeout=1)
        finally:
            self.kc.session.key = key
        self.assertEqual(self.value("'forged' in globalThis"), "false")


class Life(unittest.TestCase):
    def test_restart(self):
        km, kc = start_new_kernel(kernel_name=FrontEnd.kernel, startup_timeout=60)
        try:
            kc.execute("const before = 1;", reply=True, timeout=PATIENCE)
            before = km.provisioner.pid
            km.restart_kernel()
            kc.wait_for_ready(timeout=60)
            self.assertNotEqual(km.provisioner.pid, before)
            self.assertEqual(kc.execute("before", reply=True, timeout=PATIENCE)["content"]["status"], "error")
            self.assertEqual(kc.execute("6 * 7", reply=True, timeout=PATIENCE)["content"]["status"], "ok")
        finally:
            kc.stop_channels()
            km.shutdown_kernel(now=True)

    def test_shutdown(self):
        km, kc = start_new_kernel(kernel_name=FrontEnd.kernel, startup_timeout=60)
        kc.execute("setInterval(() => {}, 1000);", reply=True, timeout=PATIENCE)
        reply = kc.shutdown(reply=True, timeout=PATIENCE)
        deadline = time.monotonic() + 10
        while km.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        ended = not km.is_alive()
        kc.stop_channels()
        km.shutdown_kernel(now=True)
        self.assertEqual(reply["content"]["status"], "ok")
        self.assertTrue(ended, "it still runs 10 seconds after its reply")


FrontEnd.kernel = sys.argv[1]
run(FrontEnd, Life)
