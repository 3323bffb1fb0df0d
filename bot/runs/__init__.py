"""Load LangGraph graphs and drive their threads; the only package that imports langgraph."""
