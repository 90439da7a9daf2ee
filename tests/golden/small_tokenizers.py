"""Writes small_tokenizers.json: small tokenizers in the layouts of SmolLM 2 and Llama 2, and what Hugging Face tokenizers makes
of some texts and ids.

    python tests/golden/small_tokenizers.py        (tokenizers 0.23.3)
"""
import json, pathlib
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers


def bpe(characters, merges, **options):
    vocabulary = {token: i for i, token in enumerate(["<unk>", *characters, *("".join(pair) for pair in merges)])}
    return Tokenizer(models.BPE(vocab=vocabulary, merges=merges, **options))


DIGITS = "a12²³½Ⅷ "
MERGES = [("1", "2"), ("²", "³"), ("a", "½"), ("½", "Ⅷ")]


def digits(single):
    tokenizer = bpe(DIGITS, MERGES)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=single)])
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def llama2():
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    tokenizer = bpe([*bytes_, "▁", "a", "b", "c"], [("▁", "a"), ("b", "c")], byte_fallback=True, fuse_unk=True, unk_token="<unk>")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([AddedToken("<unk>", normalized=False), AddedToken("</s>", normalized=False)])
    return tokenizer


CASES = {
    "single digits": (digits(True), ["12²³ ½Ⅷa½", "a½", "²³"], [[2, 3, 900, 4], [901]]),
    "digits in runs": (digits(False), ["12²³ ½Ⅷa½", "a½", "²³"], [[2, 3, 900, 4]]),
    "Llama 2": (llama2(), ["a bc", "é 猫</s>bc", "a<unk>"], [[261, 200000, 262], [200000], [258, 195, 170, 999, 265]]),
}
out = []
for name, (tokenizer, texts, ids) in CASES.items():
    out.append(dict(name=name, tokenizer=json.loads(tokenizer.to_str()),
                    texts=[dict(text=text, ids=tokenizer.encode(text, add_special_tokens=False).ids) for text in texts],
                    decoded=[dict(ids=row, text=tokenizer.decode(row, skip_special_tokens=False)) for row in ids]))
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in out) + "\n]\n")
print(path.read_text()[-900:], path.stat().st_size)
