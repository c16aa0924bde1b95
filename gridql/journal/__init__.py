"""What every action leaves behind: entries, their numbering into one hash chain, and followers."""
