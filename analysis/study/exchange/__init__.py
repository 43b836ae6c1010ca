"""Tables, texts and codings in the formats of other programs, and codings from there."""
