"""The link of a simulated controller to a real broker. It lives among the tools, because consoles need it, too."""
from tools.mqtt import MqttLink

__all__ = ["MqttLink"]
