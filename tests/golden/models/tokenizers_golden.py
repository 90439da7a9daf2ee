"""Tokenizers of this folder: small ones for the checkpoints, byte-level BPE as Qwen and Llama 3 have it, and what
transformers makes of them.

    python tokenizers_golden.py        writes tokenizers/{qwen,llama}/ with golden.json
"""
import json
import pathlib
import shutil

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
# ChatML without a system turn, as Qwen's; the generation prompt of the R1 distillations opens the thinking.
QWEN_CHAT = (
    "{%- for message in messages %}\n"
    "    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n"
    "{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|im_start|>assistant\\n<think>\\n' }}\n"
    "{%- endif %}\n")
# Llama 3.2's way: BOS from the template, today's date.
LLAMA_CHAT = (
    "{{- bos_token }}\n"
    "{%- if not date_string is defined %}\n"
    "    {%- if strftime_now is defined %}\n"
    "        {%- set date_string = strftime_now(\"%d %b %Y\") %}\n"
    "    {%- else %}\n"
    "        {%- set date_string = \"26 Jul 2024\" %}\n"
    "    {%- endif %}\n"
    "{%- endif %}\n"
    "{{- \"<|system|>Today Date: \" + date_string + \"<|eot|>\" }}\n"
    "{%- for message in messages %}\n"
    "    {{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|eot|>' }}\n"
    "{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|assistant|>' }}\n"
    "{%- endif %}\n")
# The pre-tokenizer's expression of Qwen2 and, but for digits in threes, of Llama 3.
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CORPUS = [
    "How many eggs are left? She sells the remainder at the market for 2 dollars each.",
    "Let's think step by step and output the final answer within \\boxed{}.",
    "The answer is the sum of the two numbers. The final answer is the product of the other numbers.",
] * 3
TEXTS = [
    "", " ", "The answer is 42.", "Let's think step by step and output the final answer within \\boxed{}.",
    "  two  spaces\n\nand\tlines\r\n", "x^2 + 1,234.5 = \\frac{1}{2}", "Größe 数学 🙂 e\u0301 İ", "<think>12</think>\\boxed{3}",
    "<|im_start|>user<|im_end|>", "a<|eot|>b", "they'll DON'T 007 12345",
]
QUESTIONS = ["What is 2+2?", "  $x$ & 3 < 4?\n"]


def frame(tokenizer, kind):
    if kind == "llama":
        bos = tokenizer.token_to_id("<|bos|>")
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<|bos|> $A", pair="<|bos|> $A <|bos|> $B", special_tokens=[("<|bos|>", bos)])])


def save(tokenizer, folder, kind):
    """transformers' files: Qwen's template inside tokenizer_config.json, Llama's in chat_template.jinja."""
    special = dict(bos_token="<|bos|>") if kind == "llama" else {}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|eot|>" if kind == "llama" else "<|im_end|>", **special)
    fast.save_pretrained(folder)
    if kind == "llama":
        (folder / "chat_template.jinja").write_text(LLAMA_CHAT)
    else:
        path = folder / "tokenizer_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | dict(chat_template=QWEN_CHAT), indent=2) + "\n")


def character_tokenizer(folder, kind, size):
    """A BPE without merges over a few characters: `size` tokens."""
    special = ["<pad>", "<|im_end|>", "<|im_start|>", "<think>", "</think>"]
    if kind == "llama":
        special = ["<pad>", "<|eot|>", "<|bos|>", "<|user|>", "<|assistant|>", "<|system|>"]
    characters = list("0123456789+-*=?.{}\\boxedusr\nTay: D")[: size - len(special)]
    vocabulary = {token: i for i, token in enumerate(special + characters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    frame(tokenizer, kind)
    save(tokenizer, folder, kind)


def byte_level_tokenizer(folder, kind):
    special = ["<|eot|>", "<|bos|>", "<|user|>", "<|assistant|>", "<|system|>"]
    if kind == "qwen":
        special = ["<|im_start|>", "<|im_end|>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT % ("" if kind == "qwen" else "{1,3}")), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=311, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    if kind == "qwen":
        # Ordinary tokens in Qwen3 and the R1 distillations: added, but not special.
        tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ("<think>", "</think>")])
    frame(tokenizer, kind)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    save(tokenizer, folder, kind)


def golden(folder):
    fast = PreTrainedTokenizerFast.from_pretrained(folder)
    date = dict(date_string="26 Jul 2024")
    chats = []
    for question in QUESTIONS:
        messages = [dict(role="user", content=question)]
        text = fast.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **date)
        chats.append(dict(question=question, text=text, ids=fast(text, add_special_tokens=False)["input_ids"]))
    texts = []
    for text in TEXTS:
        plain = fast(text, add_special_tokens=False)["input_ids"]
        texts.append(dict(text=text, ids=plain, framed=fast(text)["input_ids"],
                          decoded=fast.decode(plain, clean_up_tokenization_spaces=False)))
    (folder / "golden.json").write_text(json.dumps(dict(texts=texts, chats=chats), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    for kind in ("qwen", "llama"):
        byte_level_tokenizer(HERE / "tokenizers" / kind, kind)
        golden(HERE / "tokenizers" / kind)
