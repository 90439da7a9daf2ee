import importlib.util, pathlib, sys
try:
    import flash_attn
except Exception as error:
    sys.exit(f"Cannot train: without flash_attn the fork trains ordinary log-probabilities, and says nothing ({error})")
spec = importlib.util.find_spec("verl")
config = pathlib.Path(spec.origin).parent / "trainer/config/ppo_trainer.yaml" if spec else None
if config is None or "enable_soft_thinking" not in config.read_text():
    sys.exit("Cannot train: this verl is not the fork of SofT-GRPO; see github.com/zz1358m/SofT-GRPO-master at 2b9d8ec")
