import { storeContract } from '../contract.ts'
import { directoryWorld } from './world.ts'

storeContract('directory', directoryWorld)
