/**
 * Puts a receipt into the File Cabinet and attaches it to its transaction, which REST itself cannot do.
 *
 * @NApiVersion 2.1
 * @NScriptType Restlet
 * @NModuleScope SameAccount
 */
define(['N/encode', 'N/file', 'N/record', 'N/search'], (encode, file, record, search) => {
  const FOLDER = 'Causeway receipts';
  const RECORDS = {
    vendorBill: record.Type.VENDOR_BILL,
    vendorCredit: record.Type.VENDOR_CREDIT,
    journalEntry: record.Type.JOURNAL_ENTRY,
    expenseReport: record.Type.EXPENSE_REPORT,
  };
  const TYPES = {
    pdf: file.Type.PDF,
    jpg: file.Type.JPGIMAGE,
    jpeg: file.Type.JPGIMAGE,
    png: file.Type.PNGIMAGE,
    doc: file.Type.WORD,
    docx: file.Type.WORD,
    xls: file.Type.EXCEL,
    xlsx: file.Type.EXCEL,
    txt: file.Type.PLAINTEXT,
  };

  /** The folder of all receipts; made once. */
  const folder = () => {
    const filters = [['name', 'is', FOLDER], 'and', ['istoplevel', 'is', 'T']];
    const found = search.create({ type: search.Type.FOLDER, filters }).run().getRange({ start: 0, end: 1 });
    if (found.length) return Number(found[0].id);
    const made = record.create({ type: record.Type.FOLDER });
    made.setValue({ fieldId: 'name', value: FOLDER });
    return made.save();
  };

  /** NetSuite wants the text of a text file, and the Base64 of any other. */
  const contents = (fileType, base64) =>
    fileType === file.Type.PLAINTEXT
      ? encode.convert({
          string: base64,
          inputEncoding: encode.Encoding.BASE_64,
          outputEncoding: encode.Encoding.UTF_8,
        })
      : base64;

  /** For the doctor: it is installed, and the role may call it. */
  const get = () => ({ version: 1 });

  /** {record, id, name, contents}: a file of the same name is replaced, so that to send it again is safe. */
  const post = (body) => {
    const fileType = TYPES[body.name.split('.').pop()];
    const made = file.create({
      name: body.name,
      fileType,
      contents: contents(fileType, body.contents),
      folder: folder(),
      isOnline: false,
    });
    const id = made.save();
    record.attach({ record: { type: 'file', id }, to: { type: RECORDS[body.record], id: body.id } });
    return { file: String(id) };
  };

  return { get, post };
});
