"""What replicas, keepers and watchers did, as lanes."""
