#!/usr/bin/env node
// Starts the built program; nothing else, so that start-up stays short.
import '../dist/causette.js';
