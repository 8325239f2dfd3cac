"""Provider dialects: everything that is special about one provider, and nowhere else."""
