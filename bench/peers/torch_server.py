"""A checkpoint in PyTorch, behind JSON lines: bench/peers/torch.ts sends the requests.

First line out: {"versions": {...}} or {"error": "..."}; then one answer a request. Requests:
  {"op": "open", "folder": "..."}
  {"op": "run", "path": "...", "dims": [n, 3, h, w], "threads": 2, "output": "..." or absent} -> {"ms": 12.3}
  {"op": "preprocess", "pictures": ["..."], "output": "..."} -> {"std": [r, g, b]}
  {"op": "export", "path": ".../model.onnx"}
Only the model's call is timed. Standard output holds nothing else: what libraries print goes to standard error."""
import pathlib, time

from answering import end_without, serve

try:
    import torch, transformers
    from transformers import AutoModel
except ImportError as problem:
    end_without(problem)

folder = None
model = None
pixels = {}

def open_model(request):
    global folder, model
    folder = request["folder"]
    model = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    return {}

def run(request):
    path = request["path"]
    if path not in pixels:
        numbers = torch.frombuffer(bytearray(pathlib.Path(path).read_bytes()), dtype=torch.float32)
        pixels[path] = numbers.reshape(request["dims"])
    if torch.get_num_threads() != request["threads"]:
        torch.set_num_threads(request["threads"])
    # ViTModel alone asks to be told that other sizes than the learned one are meant
    more = {"interpolate_pos_encoding": True} if model.config.model_type == "vit" else {}
    with torch.inference_mode():
        start = time.perf_counter()
        tokens = model(pixels[path], **more).last_hidden_state
        ms = (time.perf_counter() - start) * 1000
    if request.get("output"):
        pathlib.Path(request["output"]).write_bytes(tokens.contiguous().numpy().tobytes())
    return {"ms": ms}

def preprocess(request):
    """The pictures as the folder's own processor makes them, as one batch."""
    from PIL import Image, ImageOps
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True)
    pictures = [ImageOps.exif_transpose(Image.open(path)).convert("RGB") for path in request["pictures"]]
    batch = processor(pictures, return_tensors="pt")["pixel_values"]
    pathlib.Path(request["output"]).write_bytes(batch.contiguous().numpy().tobytes())
    return {"std": list(processor.image_std)}

class Outputs(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        out = self.model(pixel_values)
        return out.last_hidden_state, out.pooler_output

def export(request):
    import onnx, onnxscript  # a clear message when one is missing

    patch = model.config.patch_size
    dim = torch.export.Dim
    sizes = {0: dim("batch_size"), 2: patch * dim("rows"), 3: patch * dim("cols")}
    torch.onnx.export(
        Outputs(model).eval(), (torch.randn(2, 3, 4 * patch, 5 * patch),), request["path"], dynamo=True,
        external_data=False, input_names=["pixel_values"], output_names=["last_hidden_state", "pooler_output"],
        dynamic_shapes={"pixel_values": sizes}, verbose=False)
    return {"versions": {"onnx": onnx.__version__, "onnxscript": onnxscript.__version__}}

serve({"torch": torch.__version__, "transformers": transformers.__version__}, {"open": open_model, "run": run, "preprocess": preprocess, "export": export})
