import importlib.metadata, sys
try:
    found = importlib.metadata.version("verl")
except importlib.metadata.PackageNotFoundError:
    found = None
if found != "0.9.1":
    sys.exit(f"Cannot train: found verl {found}, expected 0.9.1; pip install 'verl[verl-core]==0.9.1' vllm")
