#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

await launch('waxseal-controller', new URL('../bundle/main.js', import.meta.url))
