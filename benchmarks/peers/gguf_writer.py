"""Writes a Llama model's weights as a GGUF file in F32, with a vocabulary of made-up tokens: nothing is tokenized.

    gguf_writer.py CONFIG_JSON MODEL.safetensors MODEL.gguf
"""
import json
import sys

import gguf
import numpy as np
from gguf.utility import SafetensorsLocal

CONFIG, SOURCE, TARGET = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
HEADS = {"q_proj": CONFIG["num_attention_heads"], "k_proj": CONFIG["num_key_value_heads"]}


def interleaved(x, heads):
    """(heads x size, D): llama.cpp turns neighbours in a head, transformers its halves."""
    return np.ascontiguousarray(x.reshape(heads, 2, len(x) // heads // 2, -1).swapaxes(1, 2).reshape(x.shape))


writer = gguf.GGUFWriter(TARGET, "llama")
writer.add_file_type(gguf.LlamaFileType.ALL_F32)
writer.add_vocab_size(CONFIG["vocab_size"])
writer.add_context_length(CONFIG["max_position_embeddings"])
writer.add_embedding_length(CONFIG["hidden_size"])
writer.add_block_count(CONFIG["num_hidden_layers"])
writer.add_feed_forward_length(CONFIG["intermediate_size"])
writer.add_head_count(CONFIG["num_attention_heads"])
writer.add_head_count_kv(CONFIG["num_key_value_heads"])
writer.add_rope_dimension_count(CONFIG["head_dim"])
writer.add_rope_freq_base(CONFIG["rope_theta"])
writer.add_layer_norm_rms_eps(CONFIG["rms_norm_eps"])
# node-llama-cpp tokenizes a text when it loads a model, so there must be a vocabulary.
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("default")
writer.add_token_list([f"<{i}>" for i in range(CONFIG["vocab_size"])])
writer.add_token_types([gguf.TokenType.NORMAL] * CONFIG["vocab_size"])
writer.add_token_merges(["a b"])

names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, CONFIG["num_hidden_layers"])
with SafetensorsLocal(SOURCE) as tensors:
    for name, tensor in tensors.items():
        x = tensor.mmap_bytes().view(np.float32).reshape(tensor.shape)
        heads = next((count for part, count in HEADS.items() if part in name), None)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), x if heads is None else interleaved(x, heads))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
