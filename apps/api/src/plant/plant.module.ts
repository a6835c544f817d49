import { Global, Module } from '@nestjs/common';
import { PlantController } from './plant.controller';
import { PlantMemory } from './plant-memory';
import { PlantReader } from './plant-reader';
import { PlantService } from './plant.service';

@Global()
@Module({
  controllers: [PlantController],
  providers: [PlantMemory, PlantReader, PlantService],
  exports: [PlantMemory, PlantReader, PlantService],
})
export class PlantModule {}
