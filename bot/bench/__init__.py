"""How fast is it, beside the bare thing? Each file measures one promise; `huiyin bench` prints them all.

Ours and the bare thing run in turns within one process, so that a busy machine slows both; what counts is the ratio of
their CPU times, which a busy machine changes little. Wall times stand beside it.
"""
