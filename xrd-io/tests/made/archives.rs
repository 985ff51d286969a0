//! XML files and archives of instruments, made from what is known of their formats.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip archive of texts.
///
/// # Panics
/// If two members have the same name.
pub fn archive(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(vec![]));
    for (name, text) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A scan of an XRDML file: the text after `<dataPoints>`.
pub fn xrdml_scan(attributes: &str, points: &str) -> String {
    format!(
        "<scan {attributes}><header><startTimeStamp>2024-04-12T22:32:06</startTimeStamp>\
         <source><instrumentControlSoftware version=\"2\">AERIS</instrumentControlSoftware>\
         </source></header><dataPoints>{points}</dataPoints>\
         <nonAmbientPoints type=\"Temperature\" unit=\"K\"><nonAmbientValues>300 302\
         </nonAmbientValues></nonAmbientPoints></scan>\n"
    )
}

/// An XRDML file with one measurement.
pub fn xrdml(schema: &str, kind: &str, scans: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<xrdMeasurements \
         xmlns=\"http://www.xrdml.com/XRDMeasurement/{schema}\" status=\"Completed\">\n\
         <sample type=\"To be analyzed\"><id>Si 7</id><name></name></sample>\n\
         <xrdMeasurement measurementType=\"{kind}\"><comment><entry>a note</entry></comment>\
         <usedWavelength intended=\"K-Alpha\"><kAlpha1 unit=\"Angstrom\">1.540598</kAlpha1>\
         <kAlpha2 unit=\"Angstrom\">1.544426</kAlpha2>\
         <ratioKAlpha2KAlpha1>0.5</ratioKAlpha2KAlpha1></usedWavelength>\n\
         <incidentBeamPath><xRayTube><anodeMaterial>Cu</anodeMaterial></xRayTube>\
         </incidentBeamPath>\n{}</xrdMeasurement></xrdMeasurements>\n",
        scans.concat()
    )
}

/// A RawData member of a BRML file, from the name of the scan, its views and its rows.
pub fn brml_route(flag: &str, scan: &str, views: &str, rows: &[&str]) -> String {
    let rows: String = rows
        .iter()
        .map(|row| format!("<Datum>{row}</Datum>"))
        .collect();
    let points = rows.matches("<Datum>").count();
    format!(
        "<DataRoute RouteFlag=\"{flag}\"><ScanInformation ScanName=\"{scan}\">\
         <MeasurementPoints>{points}</MeasurementPoints></ScanInformation>{rows}\
         <DataViews>{views}</DataViews></DataRoute>"
    )
}

/// The raw data of a BRML file, from its routes.
pub fn brml_raw_data(routes: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><RawData \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <TimeStampStarted>2025-02-26T10:47:52</TimeStampStarted>\
         <DataRoutes>{routes}</DataRoutes><FixedInformation><Instrument><Tube>\
         <WaveLengthAlpha1 Unit=\"A\" Value=\"1.5406\"/>\
         <WaveLengthAlpha2 Unit=\"A\" Value=\"1.54439\"/>\
         <WaveLengthRatio Unit=\"\" Value=\"0.5\"/><TubeMaterial>Cu</TubeMaterial></Tube>\
         </Instrument></FixedInformation></RawData>"
    )
}

/// The views of rows with time, absorption, one axis and a counter of `width` columns.
pub fn brml_views(axis: &str, width: usize) -> String {
    format!(
        "<RawDataView xsi:type=\"FixedRawDataView\" Start=\"0\" Length=\"1\" \
         LogicName=\"MeasuredTime\"/>\
         <RawDataView xsi:type=\"FixedRawDataView\" Start=\"1\" Length=\"1\" \
         LogicName=\"AbsorptionFactor\"/>\
         <RawDataView xsi:type=\"VaryingRawDataView\" Start=\"2\" Length=\"1\"><Varying>\
         <FieldDefinitions FieldName=\"{axis}\" AxisId=\"{axis}\"/></Varying></RawDataView>\
         <RawDataView xsi:type=\"RecordedRawDataView\" Start=\"3\" Length=\"{width}\">\
         <Recording LogicName=\"ScanCounter\" Category=\"Count\"><Unit Base=\"Counts\"/>\
         </Recording></RawDataView>"
    )
}

/// A BRML file that lists its scans in a given order.
pub fn brml(listed: &[&str], members: &[(&str, &str)]) -> Vec<u8> {
    let list: String = listed
        .iter()
        .map(|name| format!("<string>{name}</string>"))
        .collect();
    let container = format!(
        "<DataContainer><RawDataReferenceList>{list}</RawDataReferenceList><ExperimentInfo>\
         <InstrumentDescription><InstrumentName>D2</InstrumentName></InstrumentDescription>\
         </ExperimentInfo><MeasurementInfo SampleName=\"TiOF\" Comment=\"\"/></DataContainer>"
    );
    let mut all = vec![("Experiment0/DataContainer.xml", container.as_str())];
    all.extend(members);
    archive(&all)
}

/// The conditions of a scan in a RASX file.
pub fn rasx_conditions(axis: &str, unit: &str, speed: (&str, &str), more: &str) -> String {
    let (speed, speed_unit) = speed;
    format!(
        "\u{feff}<?xml version=\"1.0\"?><MeasurementConditions><GeneralInformation>\
         <SampleName>Si 01</SampleName><SystemName>SmartLab</SystemName></GeneralInformation>\
         <HWConfigurations><XrayGenerator><TargetName>Cu</TargetName><WaveType>Ka1</WaveType>\
         <WavelengthKalpha1>1.540593</WavelengthKalpha1>\
         <WavelengthKalpha2>1.544414</WavelengthKalpha2></XrayGenerator></HWConfigurations>\
         <Axes><Axis Name=\"Temp\" Unit=\"C\" Position=\"550\"/></Axes><ScanInformation>\
         <AxisName>{axis}</AxisName><Step>0.01</Step><Speed>{speed}</Speed>\
         <SpeedUnit>{speed_unit}</SpeedUnit><PositionUnit>deg</PositionUnit>\
         <IntensityUnit>{unit}</IntensityUnit><StartTime>2022-11-10T17:20:52Z</StartTime>\
         </ScanInformation>{more}</MeasurementConditions>"
    )
}

/// A RASX file of groups in the given order, named by their numbers: profile and conditions.
pub fn rasx(groups: &[(usize, &str, &str)]) -> Vec<u8> {
    let listed = |(number, ..): &(usize, &str, &str)| {
        format!(
            "<Data{number} Type=\"Profile\"><ContentHashList Name=\"Profile{number}.txt\"/>\
             <ContentHashList Name=\"MesurementConditions{number}.xml\"/></Data{number}>"
        )
    };
    let root: String = groups.iter().map(listed).collect();
    let root = format!("\u{feff}<Root>{root}</Root>");
    let mut members = vec![("root.xml".to_owned(), root)];
    for (number, profile, conditions) in groups {
        let member = |name: &str, kind| format!("Data{number}/{name}{number}.{kind}");
        members.push((member("Profile", "txt"), format!("\u{feff}{profile}")));
        members.push((
            member("MesurementConditions", "xml"),
            (*conditions).to_owned(),
        ));
    }
    let members: Vec<_> = members
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    archive(&members)
}

/// A workbook of one sheet, from its `sheetData` and the texts to which its cells refer by index.
pub fn xlsx(rows: &str, texts: &[&str]) -> Vec<u8> {
    let texts: String = texts
        .iter()
        .map(|text| format!("<si><t>{text}</t></si>"))
        .collect();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    archive(&[
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" r:id=\"rId9\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"rId9\" Target=\"worksheets/s.xml\"/>\
             </Relationships>",
        ),
        ("xl/sharedStrings.xml", &format!("<sst>{texts}</sst>")),
        ("xl/worksheets/s.xml", &sheet),
    ])
}
