"""The training of a network of two layers in PyTorch, behind JSON lines: bench/peers/torch-mlp.ts sends the requests.

First line out: {"versions": {...}} or {"error": "..."}; then one answer a request. Requests:
  {"op": "open", "x": "...", "rows": n, "dim": d, "labels": "...", "classes": c, "start": "...", "hidden": h, "orders": "..."}:
   float32 rows, int32 classes, weights and biases of both layers one after the other, and the order of the rows in each
   epoch as int32
  {"op": "train", "batch": 64, "rate": 0.001, "threads": 2} -> {"ms": 12.3, "losses": [...]}: one epoch for each order
Timed is the training with its batches and its losses. Standard output holds nothing else: what libraries print goes to
standard error."""
import time

from answering import end_without, serve

try:
    import numpy
    import torch
except ImportError as problem:
    end_without(problem)

given = {}

def open_data(request):
    n, d, h, c = (request[key] for key in ("rows", "dim", "hidden", "classes"))
    start = torch.from_numpy(numpy.fromfile(request["start"], dtype="<f4"))
    given.update(
        x=torch.from_numpy(numpy.fromfile(request["x"], dtype="<f4").reshape(n, d)),
        labels=torch.from_numpy(numpy.fromfile(request["labels"], dtype="<i4").astype("i8")),
        orders=torch.from_numpy(numpy.fromfile(request["orders"], dtype="<i4").astype("i8").reshape(-1, n)),
        start=[part.reshape(shape) for part, shape in zip(start.split([h * d, h, c * h, c]), [(h, d), (h,), (c, h), (c,)])])
    return {}

def train(request):
    if torch.get_num_threads() != request["threads"]:
        torch.set_num_threads(request["threads"])
    x, labels = given["x"], given["labels"]
    hidden, dim = given["start"][0].shape
    model = torch.nn.Sequential(torch.nn.Linear(dim, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, len(given["start"][3])))
    with torch.no_grad():
        for parameter, numbers in zip(model.parameters(), given["start"]):
            parameter.copy_(numbers)
    optimiser = torch.optim.Adam(model.parameters(), lr=request["rate"])
    cross_entropy = torch.nn.CrossEntropyLoss()
    losses = []
    start = time.perf_counter()
    for order in given["orders"]:
        total = 0.0
        for rows in order.split(request["batch"]):
            optimiser.zero_grad()
            loss = cross_entropy(model(x[rows]), labels[rows])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return {"ms": (time.perf_counter() - start) * 1000, "losses": losses}

serve({"torch": torch.__version__}, {"open": open_data, "train": train})
