"""The paper's table and figures compared with ours, and the known limits of the method."""
