import { IsString } from 'class-validator';

/** A body whose class other files import with `import type`. */
export class TypeOnlyDto {
  @IsString() text!: string;
}
