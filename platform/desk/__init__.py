"""The staff's desk: how every room's admin pages look and speak. No models, no room's knowledge."""
