"""How fast is it, beside the bare thing? Filled by `huiyin bench`."""
