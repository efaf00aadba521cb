import { Checklist } from './checklists/checklist.entity.js';
import { Circular } from './circulars/circular.entity.js';
import { District } from './directory/district.entity.js';
import { Unit } from './directory/unit.entity.js';
import { Export } from './exports/export.entity.js';
import { Inspection } from './inspections/inspection.entity.js';
import { Issue } from './issues/issue.entity.js';
import { Plan } from './plans/plan.entity.js';

/** Every entity, for the DataSource of each process. */
export const ENTITIES = [Circular, Export, Checklist, District, Inspection, Unit, Issue, Plan];
