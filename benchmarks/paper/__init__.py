"""The paper's table and figures beside ours, and the method's known limits."""
