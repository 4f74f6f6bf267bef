"""Evidence inside a run: is there a shift below a node, whatever a share of its agents says?"""
