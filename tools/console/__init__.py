"""The operators' console of a site: everything it knows came over MQTT, and it signs what it asks for."""
