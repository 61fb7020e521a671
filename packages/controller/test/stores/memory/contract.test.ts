import { storeContract } from '../contract.ts'
import { memoryWorld } from './world.ts'

storeContract('memory', async () => memoryWorld())
