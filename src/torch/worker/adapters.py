"""Low-rank adapters by peft: they are trained, and the weights beside them stay as they are."""
from refusal import Refusal

# What peft calls the one adapter of a model; files leave it out of names.
NAME = "default"


def add_adapter(model, rank, alpha, targets):
    """Puts an adapter beside linear layers of a model, in place; every other parameter is frozen."""
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise Refusal(f"its Python has no peft, which adapters need ({error}); run: deno task setup:torch") from error
    return get_peft_model(model, LoraConfig(
        r=rank, lora_alpha=alpha, target_modules=targets, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM"), NAME)


def trained(adapted):
    """Parameters of an adapter, by the names of peft's files."""
    return {
        name.replace(f".{NAME}.", "."): parameter
        for name, parameter in adapted.named_parameters() if parameter.requires_grad
    }


class WithoutAdapter:
    """A policy as it is without its adapter: the same weights, held once, and in the type that computes alone."""

    def __init__(self, policy, parameters):
        self.policy = policy
        self.parameters = parameters
        self.masters = {name: p.data for name, p in parameters.items()}

    def __getattr__(self, name):
        return getattr(self.policy, name)

    def backbone(self, *inputs, **options):
        with self.policy.adapted.disable_adapter():
            return self.policy.backbone(*inputs, **options)
