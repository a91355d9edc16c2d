"""What every Django project of the tests begins with; its settings are `site_settings`."""

MANAGE = """\
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
