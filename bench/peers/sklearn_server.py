"""scikit-learn behind JSON lines: bench/peers/sklearn.ts sends the requests.

First line out: {"versions": {...}} or {"error": "..."}; then one answer a request. Requests:
  {"op": "open", "features": "...", "labels": "...", "dims": [n, d], "train": 5000, "threads": 2}: float32 rows and their
   int32 classes; the first `train` rows train, the others validate
  {"op": "fit", "cs": [...], "solver": "lbfgs", "tol": 1e-4, "dtype": "float32", "warm": false, "limit": 60}
   -> {"ms": 12.3, "fits": [{"c", "ms", "trainLoss", "weightNorm", "validationAccuracy", "iterations"}]}, one after the
   other; after `limit` seconds no further one is begun, and "ms" is absent
Only the calls of fit are timed, with 1,000 iterations at most. Standard output holds nothing else: what libraries print
goes to standard error."""
import time, warnings

from answering import end_without, serve

try:
    import numpy
    import sklearn
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits
except ImportError as problem:
    end_without(problem)

warnings.filterwarnings("ignore")
data = {}

def open_rows(request):
    x = numpy.fromfile(request["features"], dtype="<f4").reshape(request["dims"])
    y = numpy.fromfile(request["labels"], dtype="<i4")
    n = request["train"]
    data.update(train=(x[:n], y[:n]), validation=(x[n:], y[n:]), threads=request["threads"])
    return {}

def measures(model, c, ms):
    x, y = data["train"]
    logs = model.predict_log_proba(x.astype("f8"))
    norm = numpy.linalg.norm(model.coef_.astype("f8"))
    held_x, held_y = data["validation"]
    right = (model.predict(held_x.astype(model.coef_.dtype)) == held_y).mean()
    return {"c": c, "ms": ms, "trainLoss": float(-logs[numpy.arange(len(y)), y].mean()), "weightNorm": float(norm),
            "validationAccuracy": float(right), "iterations": int(model.n_iter_.max())}

def fit(request):
    x, y = data["train"]
    x = numpy.ascontiguousarray(x.astype(request["dtype"]))
    model = LogisticRegression(solver=request["solver"], tol=request["tol"], max_iter=1000, warm_start=request["warm"])
    fits, total, began = [], 0.0, time.perf_counter()
    with threadpool_limits(data["threads"]):
        for c in request["cs"]:
            if time.perf_counter() - began > request["limit"]:
                return {"fits": fits}
            model.set_params(C=c)
            start = time.perf_counter()
            model.fit(x, y)
            ms = (time.perf_counter() - start) * 1000
            total += ms
            fits.append(measures(model, c, ms))
    return {"ms": total, "fits": fits}

serve({"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}, {"open": open_rows, "fit": fit})
