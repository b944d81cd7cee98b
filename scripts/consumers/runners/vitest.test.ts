import { describe, it } from 'vitest';
import { suite } from './suite';

suite(describe, it);
