-- Version 4: what a reply was made from and under, so that it can be made again and compared (`warmchat replay`).

ALTER TABLE replies ADD COLUMN
    window TEXT CHECK (window IS NULL OR json_valid(window)) /* ids of the earlier turns that were read for this reply, JSON array; NULL: nobody kept it */;

ALTER TABLE replies ADD COLUMN
    prompt TEXT NOT NULL DEFAULT '' /* hash of the messages that were read, system prompt included; empty: nobody kept it */;

ALTER TABLE replies ADD COLUMN
    cuts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(cuts)) /* where the reply had been cut and was gone on with: characters made until then, JSON array */;

ALTER TABLE replies ADD COLUMN
    engine TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(engine)) /* how the engine stood: n_ctx, flash_attention, gpu_layers, mmap, machine; JSON object of texts */;
