"""FAISS behind JSON lines: bench/peers/faiss.ts sends the requests.

First line out: {"versions": {...}} or {"error": "..."}; then one answer a request. Requests:
  {"op": "open", "path": "...", "dims": [n, d]}: float32 rows of length 1
  {"op": "build", "kind": "flat" or "hnsw", "threads": 2, "m": 16, "efConstruction": 40} -> {"ms": 12.3}
  {"op": "search", "kind": ..., "path": "...", "dims": [q, d], "queries": 64, "k": 10, "threads": 2, "oneByOne": true,
   "efSearch": 64, "output": "..." or absent} -> {"ms": 12.3} of the first so many queries; the output holds the rows found, as int32
Only FAISS's own calls are timed. Standard output holds nothing else: what libraries print goes to standard error."""
import time

from answering import end_without, serve

try:
    import faiss
    import numpy
except ImportError as problem:
    end_without(problem)

vectors = None
indexes = {}
read = {}

def load(request):
    path = request["path"]
    if path not in read:
        read[path] = numpy.fromfile(path, dtype="<f4").reshape(request["dims"])
    return read[path]

def open_vectors(request):
    global vectors
    vectors = load(request)
    return {}

def build(request):
    faiss.omp_set_num_threads(request["threads"])
    dim = vectors.shape[1]
    if request["kind"] == "flat":
        index = faiss.IndexFlatIP(dim)
    else:
        index = faiss.IndexHNSWFlat(dim, request["m"], faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = request["efConstruction"]
    start = time.perf_counter()
    index.add(vectors)
    ms = (time.perf_counter() - start) * 1000
    indexes[request["kind"]] = index
    return {"ms": ms}

def search(request):
    faiss.omp_set_num_threads(request["threads"])
    index = indexes[request["kind"]]
    if request["kind"] == "hnsw":
        index.hnsw.efSearch = request["efSearch"]
    queries, k = load(request)[: request["queries"]], request["k"]
    parts = [queries[i : i + 1] for i in range(len(queries))] if request["oneByOne"] else [queries]
    start = time.perf_counter()
    found = [index.search(part, k)[1] for part in parts]
    ms = (time.perf_counter() - start) * 1000
    if request.get("output"):
        numpy.concatenate(found).astype("<i4").tofile(request["output"])
    return {"ms": ms}

serve({"faiss": faiss.__version__}, {"open": open_vectors, "build": build, "search": search})
