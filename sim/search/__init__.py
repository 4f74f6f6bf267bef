"""The search for the worst: attacks and fault schedules that do the most damage, made small."""
