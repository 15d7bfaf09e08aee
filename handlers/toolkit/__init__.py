"""What every listener uses: context, replies, members, ids, tasks and threads."""
