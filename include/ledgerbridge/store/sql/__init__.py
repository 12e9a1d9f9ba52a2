"""The statements of the store, one file each."""
