"""How a peer in Python answers: JSON lines on standard output, which holds nothing else. What libraries print goes to
standard error; import this before them."""
import json, sys

_answers, sys.stdout = sys.stdout, sys.stderr

def _say(answer):
    print(json.dumps(answer), file=_answers, flush=True)

def end_without(problem):
    """The first line of a peer that lacks a library, and its last."""
    _say({"error": f"{sys.executable}: {problem}"})
    sys.exit()

def serve(versions, operations):
    """The first line, then one answer a request: what the function of its "op" returns, or its error."""
    _say({"versions": {"python": sys.version.split()[0], **versions}})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            _say(operations[request["op"]](request))
        except Exception as problem:
            _say({"error": f"{type(problem).__name__}: {problem}"})
