-- Makes an attached file the one that names without a catalog mean.
USE {{name}}
